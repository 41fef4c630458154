"""The command line, one module a command. Each has `add_arguments(parser)` and `run(context)`.

Exit codes, the same for every command:

    0    done; for checks: everything is in order
    1    a check found a fault, or somebody who had to be let in or enrolled was not
    2    the command was called wrongly
    3    the settings are wrong
    4    the gallery or its keys cannot be used
    5    the models are missing or not the right ones
    6    the camera or a picture cannot be used
    70   a defect of Foyer's; FOYER_DEBUG=1 shows where
    130  stopped from the keyboard

What went wrong is one line on standard error: what happened, and what to do. With `--json` there
is exactly one JSON document on standard output, also then: {"error": {"code", "message"}}.
"""
