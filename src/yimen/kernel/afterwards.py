"""What a view leaves to be written once its answer is made: while it looks, its transaction is read-only.

The work is done before the answer leaves (`kernel.matters.reading`), outside the look's transaction: what cannot be written
is not answered. It is for traces of the looking itself, such as who was shown a paper; acts are never put off.
"""

from collections.abc import Callable

from django.http import HttpRequest

_KEY = "afterwards"


def afterwards(request: HttpRequest, work: Callable[[], object]) -> None:
    """Have something done when the view has answered."""
    request.__dict__.setdefault(_KEY, []).append(work)


def do_afterwards(request: HttpRequest) -> None:
    """Do what the view left, in its order, once."""
    for work in request.__dict__.pop(_KEY, ()):
        work()
