"""The address of a service, its paths, and what a request may contain."""

from __future__ import annotations

import re
import urllib.parse
from typing import Mapping, Optional

from .errors import ArgumentError


def valid_address(url: str) -> str:
    """The address without a slash at the end. The message of the error has no password."""
    try:
        parts = urllib.parse.urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        has_host = False
    else:
        if parts.username is not None or parts.password is not None:
            raise ArgumentError("url must be an address without a user and a password; use a key")
    if not has_host or not re.fullmatch(r"https?://[!-~]+", url) or re.search("[?#]", url):
        raise ArgumentError(f"url must be the address of a service, such as https://thresher.example, and is {url!r}")
    return url.rstrip("/")


def valid_key(key: Optional[str]) -> Optional[str]:
    """The message of the error does not contain the key."""
    if key is not None and not re.fullmatch(r"[!-~]*", key):
        raise ArgumentError("key has spaces, line ends or characters that a key cannot have")
    return key


def valid_path(path: str) -> str:
    """A path that leads to the same service, and names what it seems to name."""
    if not re.fullmatch(r"/(?![/\\])[!-~]*", path) or "#" in path:
        raise ArgumentError(f"{path!r} must begin with one slash, and have only ASCII characters; encode others with %")
    if re.search(r"/(\.|%2e){1,2}(/|\?|$)", path, re.IGNORECASE):
        raise ArgumentError(f"{path!r} must not have the segments . and ..")
    return path


def valid_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if not re.fullmatch(r"[ -~]*", value):
            raise ArgumentError(f"the header {name} has line ends or characters that a header cannot have")
    return headers
