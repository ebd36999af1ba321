"""One process a database: two would each push the same jobs."""

from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import StoreError, StoreLocked


def claim(path: Path) -> FileLock:
    """Take the database at this path for this process, until it ends or the lock is released.

    Raises StoreLocked if another process has it.
    """
    lock = FileLock(path.with_name(path.name + ".lock"), mode=0o600, thread_local=False)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        problem = f"another process is using {path}; stop it first, or give this one a DATABASE_URL of its own"
    except OSError as error:
        raise StoreError(f"cannot lock {path}: {error.strerror}") from error
    else:
        return lock
    raise StoreLocked(problem)
