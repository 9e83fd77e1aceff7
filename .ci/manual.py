"""Writes man pages from the program's own description of its commands, which is what --help prints, too.

Usage: signalbench --experimental-dump-help | manual.py VERSION FOLDER
"""

import json
import pathlib
import sys


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def spelling(argument):
    names = ["--" + n["name"] if n["kind"] == "long" else "-" + n["name"] for n in argument.get("names", [])]
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return "<%s>" % value
    return ", ".join(names) + (" <%s>" % value if argument["kind"] == "option" else "")


def page(command, names, version):
    title = "-".join(names)
    lines = [
        '.TH "%s" 1 "" "signalbench %s"' % (title.upper(), version),
        ".SH NAME",
        escaped(title + " - " + command.get("abstract", "").rstrip(".")),
        ".SH SYNOPSIS",
        ".B " + escaped(" ".join(names)),
    ]
    arguments = [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]
    for argument in arguments:
        text = spelling(argument)
        lines.append(escaped("[%s]" % text if argument.get("isOptional") else text))
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", ".nf", escaped(command["discussion"]), ".fi"]
    if arguments:
        lines.append(".SH OPTIONS")
    for argument in arguments:
        lines += [".TP", ".B " + escaped(spelling(argument)), escaped(argument.get("abstract", ""))]
        if argument.get("defaultValue"):
            lines.append(escaped("Default: %s." % argument["defaultValue"]))
    inner = [c for c in command.get("subcommands", []) if c["commandName"] != "help" and c.get("shouldDisplay", True)]
    if inner:
        lines.append(".SH COMMANDS")
    for other in inner:
        lines += [".TP", ".BR %s (1)" % escaped("-".join(names + [other["commandName"]])), escaped(other.get("abstract", ""))]
    return title, "\n".join(lines) + "\n", inner


def write(command, above, version, folder):
    title, text, inner = page(command, above + [command["commandName"]], version)
    (folder / (title + ".1")).write_text(text, encoding="utf-8")
    for other in inner:
        write(other, above + [command["commandName"]], version, folder)


if __name__ == "__main__":
    write(json.load(sys.stdin)["command"], [], sys.argv[1], pathlib.Path(sys.argv[2]))
