"""The commands, one file each; `command` in it is the command."""
