"""A little news site of two articles, on an origin of its own: Greenroom embedded as a publisher would.

It knows nothing of the service but its address and the name of its own site there.
"""

from service.demo.site import demo_app

__all__ = ["demo_app"]
