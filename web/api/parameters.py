"""What a URL says beside the parameters of a question: nothing of it is passed over in silence."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, get_origin

from flask import request

from web.motis.query import Query
from web.problems import ProblemError

_MOST_NAMED: Final = 20
_LONGEST: Final = 60  # characters of a name


def list_unknown(form: type[Query]) -> dict[str, str]:
    """The URL's parameters that `form` doesn't have: name -> what was done instead.

    Raises ProblemError, 400, for a parameter of one value that is there more than once.
    """
    fields = {str(field.alias): field for field in form.model_fields.values()}
    for name, values in request.args.lists():
        if len(values) > 1 and name in fields and get_origin(fields[name].annotation) is not list:
            detail = f"The parameter {name} is there {len(values)} times, and takes one value."
            raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter=name)
    unknown = [name[:_LONGEST] for name in request.args if name not in fields][:_MOST_NAMED]
    return dict.fromkeys(unknown, "Not a parameter of this address: it was passed over.")
