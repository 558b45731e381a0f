"""Bodies that come in and go out, as pydantic models; `docs/api.md` has the rules of their fields."""
