"""What this process is called in rows that say who works on what."""

import os
import secrets
import socket

WORKER_ID = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
