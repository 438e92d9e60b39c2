"""What the browser gets of the packages in package.json: style sheets, fonts and the map."""

from pathlib import Path
from typing import Final

_FOLDERS: Final = {
    "utrecht": "@utrecht/component-library-css/dist",
    "nl-button": "@nl-design-system-candidate/button-css/dist",
    "nl-heading": "@nl-design-system-candidate/heading-css/dist",
    "nl-link": "@nl-design-system-candidate/link-css/dist",
    "nl-paragraph": "@nl-design-system-candidate/paragraph-css/dist",
    "nl-skip-link": "@nl-design-system-candidate/skip-link-css/dist",
    "nl-data-badge": "@nl-design-system-candidate/data-badge-css/dist",
    "process-steps": "@gemeente-denhaag/process-steps/dist",
    "step-marker": "@gemeente-denhaag/step-marker/dist",
    "voorbeeld": "@nl-design-system-unstable/voorbeeld-design-tokens/dist",
    "fonts": "@fontsource/source-sans-3/files",
    "leaflet": "leaflet/dist",
}


def vendor_folders(node_modules: Path) -> list[tuple[str, Path]]:
    """For STATICFILES_DIRS: a folder of each package that is installed, with its place below /static/."""
    found = {name: node_modules / path for name, path in _FOLDERS.items()}
    return [(f"vendor/{name}", folder) for name, folder in found.items() if folder.is_dir()]
