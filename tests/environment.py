"""What the settings read, set before anything imports them (pytest loads this first: `-p tests.environment`)."""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

# Each checkout has a server of its own, so that two may be tested at the same time.
_CHECKOUT = sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:8]
os.environ.setdefault(
    "YIMEN_TEST_DATA", str(Path(tempfile.gettempdir()) / f"yimen-test-{os.getuid()}-{_CHECKOUT}")
)
os.environ["YIMEN_DATA"] = os.environ["YIMEN_TEST_DATA"]
os.environ["YIMEN_TESTING"] = "1"
os.environ["YIMEN_DEMO"] = "1"
os.environ["DATABASE_URL"] = "postgresql://yimen_app@/none"
os.environ["DJANGO_SETTINGS_MODULE"] = "yimen.site.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402 - the settings come first

# Thousands of people are hired in tests: their passwords are hashed by the real algorithm, but lightly.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1
