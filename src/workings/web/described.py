"""The API as OpenAPI, made of the table of verbs."""

from __future__ import annotations

from typing import Any

from importlib.metadata import version
from workings.web.verbs import VERBS, Verb

FAILS = {
    "400": "The body is no JSON object.", "403": "The Host or Origin is not this page's.",
    "413": "The body is too large.", "422": "The input was refused: what, where, what was expected, what to try.",
    "503": "More is asked than can be answered.", "504": "It took too long, and was ended.",
}


def openapi() -> dict[str, Any]:
    """The document.

    >>> sorted(openapi()["paths"])[0]
    '/api/backward'
    """
    paths = {f"/api/{name}": {"post": _operation(name, verb)} for name, verb in VERBS.items()}
    return {"openapi": "3.1.0", "info": {"title": "workings", "version": version("workings")}, "paths": paths}


def _operation(name: str, verb: Verb) -> dict[str, Any]:
    fields = {
        field: {"description": says, **({} if kind == "any" else {"type": kind})}
        for field, (kind, says) in verb.fields.items()
    }
    body = {"type": "object", "properties": fields, "additionalProperties": False}
    failed = {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": name, "summary": verb.says,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"200": {**failed, "description": "The facts, and the page where there is one."},
                      **{status: {**failed, "description": says} for status, says in FAILS.items()}},
    }
