"""indexes to sort and filter a run's rows by, saved views, stored reports

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

from firmograph.db.indexes import create_index, drop_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SORTED = ("name", "industry", "employee_range", "revenue_range", "founded_year", "country_code")


def upgrade() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=True),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_views_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
    )
    op.create_index(op.f("ix_views_run_id"), "views", ["run_id"])
    op.create_table(
        "reports",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_reports_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "kind", name=op.f("pk_reports")),
    )
    for field in SORTED:
        is_there = sa.text(f"{field} IS NOT NULL")
        create_index(
            f"ix_targets_run_id_{field}",
            "targets",
            ["run_id", field, "position"],
            sqlite_where=is_there,
            postgresql_where=is_there,
        )
    create_index("ix_records_run_id_domain_position", "records", ["run_id", "domain", "position"])
    drop_index("ix_records_run_id_domain", "records")
    is_low = sa.text("confidence = 'low'")
    create_index("ix_lookups_low", "lookups", ["run_id"], sqlite_where=is_low, postgresql_where=is_low)


def downgrade() -> None:
    drop_index("ix_lookups_low", "lookups")
    create_index("ix_records_run_id_domain", "records", ["run_id", "domain"])
    drop_index("ix_records_run_id_domain_position", "records")
    for field in SORTED:
        drop_index(f"ix_targets_run_id_{field}", "targets")
    op.drop_table("reports")
    op.drop_table("views")
