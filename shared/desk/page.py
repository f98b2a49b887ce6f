"""The one page of the desk and what it loads: no build step, nothing from elsewhere."""

from aws_lambda_powertools.event_handler import Response

from shared.desk.problems import answering
from shared.desk.routing import new_router
from shared.pages.assets import desk_script, style

router = new_router()


@router.get("/", summary="The desk for people", responses=answering(None, "text/html"))
def page() -> Response[str]:
    from shared.pages.render import desk_page  # the script and the style do not wait for it

    return Response(200, "text/html; charset=utf-8", desk_page())


@router.get("/desk.js", summary="What the page does", include_in_schema=False)
def script() -> Response[str]:
    return Response(200, "text/javascript; charset=utf-8", desk_script())


@router.get("/desk.css", summary="What the page looks like", include_in_schema=False)
def looks() -> Response[str]:
    return Response(200, "text/css; charset=utf-8", style())
