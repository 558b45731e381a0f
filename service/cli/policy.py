"""`greenroom policy …`"""

from dataclasses import replace
from typing import Annotated, TypeAlias

import typer

from service.cli import rules
from service.cli.options import ACTOR, AsJson, DataDir, Slug, settings_of
from service.cli.rules import ApproveAt, RejectAt, SpamAt, Weights
from service.cli.runtime import context, run, say, site_of
from service.model.screenings import Policy
from service.store import policies
from service.store.policies import StoredPolicy
from service.usecases.set_policy import DEFAULT_WEIGHTS, policy_as_json, set_policy

app = typer.Typer(no_args_is_help=True, help="What a site makes of the filters' findings.")
Automatic: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="Advice to carry out behind the brake: approve, reject, both, or none."),
]
TargetPrecision: TypeAlias = Annotated[
    float | None, typer.Option(help="The precision that automation must prove, 0.5 to 0.999.")
]
UnseenShare: TypeAlias = Annotated[
    float | None, typer.Option(help="The share that people decide unseen, 0.01 to 1.")
]


@app.command()
def show(site: Slug, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show a site's policy and the weight of every filter."""

    async def work() -> StoredPolicy:
        async with context(settings_of(data_dir)) as ctx:
            here = await site_of(ctx, site)
            async with ctx.db.read() as conn:
                return await policies.current(conn, here.id)

    found = run(work())
    say(_as_json(found.policy), _told(found), as_json=as_json)


@app.command("set")
def set_(
    site: Slug,
    weight: Weights = None,
    approve_at: ApproveAt = None,
    spam_at: SpamAt = None,
    reject_at: RejectAt = None,
    automatic: Automatic = None,
    target_precision: TargetPrecision = None,
    unseen_share: UnseenShare = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change a site's policy; what is not named stays. `greenroom rehearse` tries it first."""

    async def work() -> Policy:
        async with context(settings_of(data_dir)) as ctx:
            here = await site_of(ctx, site)
            async with ctx.db.read() as conn:
                present = (await policies.current(conn, here.id)).policy
            wanted = rules.changed(present, weight, approve_at, spam_at, reject_at)
            wanted = replace(
                wanted,
                automatic=rules.automatic(automatic) if automatic else present.automatic,
                target_precision=present.target_precision if target_precision is None else target_precision,
                unseen_share=present.unseen_share if unseen_share is None else unseen_share,
            )
            return await set_policy(ctx, here, wanted, actor=ACTOR)

    policy = run(work())
    told = f"{site} has policy {policy.version} now; what waits is screened anew."
    say(_as_json(policy), told, as_json=as_json)


def _as_json(policy: Policy) -> dict[str, object]:
    return {"version": policy.version} | policy_as_json(policy)


def _told(stored: StoredPolicy) -> str:
    policy = stored.policy
    lines = [
        f"Policy {policy.version}, set by {stored.set_by} on {stored.set_at:%Y-%m-%d %H:%M} UTC",
        f"fit to approve up to {policy.approve_at:g}, spam from {policy.spam_at:g}, "
        f"advice to reject from {policy.reject_at:g}",
        f"automatic: {', '.join(sorted(policy.automatic)) or 'nothing'}; "
        f"target {policy.target_precision:.1%}, unseen {policy.unseen_share:.1%}",
        "",
    ]
    for name, usual in DEFAULT_WEIGHTS.items():
        own = policy.weights.get(name)
        lines.append(f"{name:<18}{usual:>6g}" if own is None else f"{name:<18}{own:>6g}  (usually {usual:g})")
    return "\n".join(lines)
