"""A list as a file to download, in the format that was asked for."""

from django.http import FileResponse, HttpResponse

from elections.exports.sheet import (
    CSV,
    CSV_TYPE,
    ODS,
    ODS_TYPE,
    XLSX,
    XLSX_TYPE,
    Sheet,
    as_csv,
    as_ods,
    as_xlsx,
)


def download(sheet: Sheet, name: str, file_format: str | None) -> HttpResponse | FileResponse:
    """Answer with the list. name: of the file, without its ending. file_format: anything unknown becomes XLSX."""
    if file_format == CSV:
        response = HttpResponse("".join(as_csv(sheet)), content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{CSV}"'
        return response
    if file_format == ODS:
        return FileResponse(
            as_ods(sheet), as_attachment=True, filename=f"{name}.{ODS}", content_type=ODS_TYPE
        )
    return FileResponse(as_xlsx(sheet), as_attachment=True, filename=f"{name}.{XLSX}", content_type=XLSX_TYPE)
