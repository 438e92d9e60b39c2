"""Pages of the door and the portal that show themselves only after something happened.

A state is a function that brings a browser there and gives the answer of Django. Its name says what is seen.
"""

from tests.pages.states import account, application, asked, door, part, survey
from tests.pages.states.scene import STATES, Scene

__all__ = ["STATES", "Scene", "account", "application", "asked", "door", "part", "survey"]
