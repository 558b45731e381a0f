"""The server's settings. What safety or privacy rests on is given on the command line at every
start, where no file can overrule it; the rest are defaults that ALTER SYSTEM may change.

Both files are written at every start, so a half-written one heals itself.
"""

import os
import secrets
from pathlib import Path

from service.embedded.credentials import PORT
from service.embedded.privileges import Account

HBA = """\
# Written by Greenroom at every start.
local all all scram-sha-256
"""

DEFAULTS = """\
# Written by Greenroom at every start. To change a setting, use ALTER SYSTEM as the superuser; what
# safety and privacy rest on is fixed by the command line and cannot be changed.
max_connections = 100
shared_buffers = 128MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
default_text_search_config = 'pg_catalog.simple'
idle_in_transaction_session_timeout = '60s'
log_line_prefix = '%m [%p] '
"""


def fixed_settings(socket_dir: Path) -> dict[str, str]:
    """The settings that hold whatever any file says."""
    return {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_level": "replica",
        # Nothing that a reader wrote may reach the log. An error's own text, detail and context
        # can quote values, and the client gets all of them, so the log keeps only what concerns
        # the server: the level "log" lies above "error" and below "fatal".
        "log_min_messages": "log",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_min_duration_sample": "-1",
        "log_duration": "off",
        "log_transaction_sample_rate": "0",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_lock_waits": "off",
        "debug_print_parse": "off",
        "debug_print_rewritten": "off",
        "debug_print_plan": "off",
        "log_destination": "stderr",
        "logging_collector": "off",
    }


def write_config(pgdata: Path, account: Account | None) -> None:
    """Put our two files into PGDATA."""
    folder = os.open(pgdata, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name, text in (("pg_hba.conf", HBA), ("postgresql.conf", DEFAULTS)):
            _replace(folder, name, text, account)
    finally:
        os.close(folder)


def _replace(folder: int, name: str, text: str, account: Account | None) -> None:
    staging = f".{name}.{secrets.token_hex(4)}"
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
    with open(handle, "w", encoding="utf-8") as file:
        if account is not None:
            os.fchown(handle, account.uid, account.gid)
        file.write(text)
    os.replace(staging, name, src_dir_fd=folder, dst_dir_fd=folder)
