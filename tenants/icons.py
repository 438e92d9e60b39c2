"""The icon set of the product: line drawings on a 24 by 24 grid, drawn for Zitting.

Icons are Python data and not template files, because a list page shows hundreds of them and a
dictionary costs nothing. Each value holds the inner SVG; colour and stroke come from the CSS class.
"""

ICONS: dict[str, str] = {
    "alert": '<path d="M12 3.5 22 20.5H2z"/><path d="M12 10v4.5M12 17.4v.1"/>',
    "arrow-down": '<path d="M12 5v14M6 13l6 6 6-6"/>',
    "arrow-left": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "arrow-right": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "arrow-up": '<path d="M12 19V5M6 11l6-6 6 6"/>',
    "board": (
        '<rect x="3" y="4" width="5" height="16" rx="1"/>'
        '<rect x="10" y="4" width="5" height="10" rx="1"/>'
        '<rect x="17" y="4" width="4" height="13" rx="1"/>'
    ),
    "building": '<path d="M4 21V9l8-5 8 5v12M2.5 21h19"/><path d="M9.5 21v-6h5v6"/><path d="M12 9.4v.1"/>',
    "calendar": '<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 3v4M16 3v4"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "check-circle": '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16 9.6"/>',
    "chevron-down": '<path d="m6 9.5 6 6 6-6"/>',
    "chevron-left": '<path d="m14.5 6-6 6 6 6"/>',
    "chevron-right": '<path d="m9.5 6 6 6-6 6"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.5 2"/>',
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "copy": (
        '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/>'
        '<path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>'
    ),
    "door": '<path d="M5.5 20.5V4.5a1 1 0 0 1 1-1h11a1 1 0 0 1 1 1v16M3 20.5h18M14.5 12v.1"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15"/>',
    "edit": (
        '<path d="M4 20.2 5 15.6 15.8 4.8a1.8 1.8 0 0 1 2.5 0l1 1a1.8 1.8 0 0 1 0 2.5L8.6 19.1zM13.8'
        ' 6.8l3.4 3.4"/>'
    ),
    "error": '<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.2M12 16.2v.1"/>',
    "eye": (
        '<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12z"/>'
        '<circle cx="12" cy="12" r="2.8"/>'
    ),
    "file": '<path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8z"/><path d="M14 3v5h5"/>',
    "filter": '<path d="M3.5 6h17M7 12h10M10.5 18h3"/>',
    "gear": (
        '<path d="M4 7h9M19 7h1M4 17h1M11 17h9"/><circle cx="16" cy="7" r="2.6"/>'
        '<circle cx="8" cy="17" r="2.6"/>'
    ),
    "globe": (
        '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18"/>'
    ),
    "grid": (
        '<rect x="3.5" y="3.5" width="7" height="7" rx="1.5"/>'
        '<rect x="13.5" y="3.5" width="7" height="7" rx="1.5"/>'
        '<rect x="3.5" y="13.5" width="7" height="7" rx="1.5"/>'
        '<rect x="13.5" y="13.5" width="7" height="7" rx="1.5"/>'
    ),
    "help": (
        '<circle cx="12" cy="12" r="9"/>'
        '<path d="M9.3 9.3a2.8 2.8 0 1 1 3.9 2.9c-.8.4-1.2 1-1.2 1.9M12 17.2v.1"/>'
    ),
    "history": '<path d="M3.5 12a8.5 8.5 0 1 0 2.6-6.1L3.5 8.3M3.5 3.8v4.5H8M12 7.5v4.8l3.2 1.9"/>',
    "home": '<path d="M4 10.5 12 4l8 6.5V20h-5.5v-6h-5v6H4z"/>',
    "inbox": (
        '<path d="M3.5 13.5 6.4 5h11.2l2.9 8.5V19a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1zM3.5 13.5h5L10'
        ' 16h4l1.5-2.5h5"/>'
    ),
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.1"/>',
    "key": '<circle cx="8" cy="15.5" r="4.5"/><path d="M11.2 12.3 20 3.5M16.5 7l3 3M14 9.5l2 2"/>',
    "letter": (
        '<path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8z"/>'
        '<path d="M14 3v5h5M8.5 13h7M8.5 17h5"/>'
    ),
    "list": '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "log-out": (
        '<path d="M14 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h8M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"/>'
    ),
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6.5L20.5 7"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "minus": '<path d="M5 12h14"/>',
    "people": (
        '<circle cx="9" cy="8.5" r="3.8"/>'
        '<path d="M2 20c.7-3.8 3.5-5.6 7-5.6s6.3 1.8 7 5.6M15.5 4.9a3.8 3.8 0 0 1 0 7.2M18.2 14.9c2'
        ' .8 3.3 2.5 3.8 5.1"/>'
    ),
    "phone": (
        '<path d="M5.5 3.5h3.6l1.7 4.4-2.3 1.6a12 12 0 0 0 6 6l1.6-2.3 4.4 1.7v3.6a2 2 0 0 1-2.2'
        ' 2A17 17 0 0 1 3.5 5.7a2 2 0 0 1 2-2.2z"/>'
    ),
    "pin": (
        '<path d="M12 21.5s7-6.4 7-11.6a7 7 0 0 0-14 0c0 5.2 7 11.6 7 11.6z"/>'
        '<circle cx="12" cy="9.8" r="2.5"/>'
    ),
    "play": '<path d="M7 4.5 19.5 12 7 19.5z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": (
        '<path d="M7 9V3.5h10V9M7 17H4.5a1 1 0 0 1-1-1v-5a2 2 0 0 1 2-2h13a2 2 0 0 1 2 2v5a1 1 0 0'
        ' 1-1 1H17"/>'
        '<path d="M7 14h10v6.5H7z"/>'
    ),
    "refresh": (
        '<path d="M20 11.5A8 8 0 0 0 5.7 7L3.5 9.2M3.5 4.5v4.7h4.7M4 12.5A8 8 0 0 0 18.3'
        ' 17l2.2-2.2M20.5 19.5v-4.7h-4.7"/>'
    ),
    "search": '<circle cx="10.8" cy="10.8" r="6.8"/><path d="m16 16 4.8 4.8"/>',
    "send": '<path d="M21 3.5 3 10.3l7.2 3.2 3.3 7.2zM21 3.5 10.2 13.5"/>',
    "sort": '<path d="m8 9.5 4-4 4 4M8 14.5l4 4 4-4"/>',
    "table": (
        '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><path d="M3.5 9.5h17M3.5 14.5h17M9.5 9.5v10"/>'
    ),
    "tag": '<path d="M3.5 11.5v-8h8l9 9-8 8z"/><path d="M7.8 7.8v.1"/>',
    "trash": '<path d="M4 6.5h16M9 6.5V4h6v2.5M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6"/>',
    "upload": '<path d="M12 15.5v-11M7 9l5-5 5 5M4.5 20h15"/>',
    "person": '<circle cx="12" cy="8" r="4.2"/><path d="M4 20.5c.8-4 4-6 8-6s7.2 2 8 6"/>',
}

# What Django's message levels look like on screen: (tone, icon).
MESSAGE_TONES: dict[str, tuple[str, str]] = {
    "debug": ("info", "info"),
    "info": ("info", "info"),
    "success": ("ok", "check-circle"),
    "warning": ("warning", "alert"),
    "error": ("error", "error"),
}
