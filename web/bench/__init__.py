"""Trajets measured beside its peers: the same questions, each system in a process of its own.

`questions.py` makes the sheet of questions, `systems.py` runs whoever answers it (`answer_*`, of
which only Trajets' own imports anything of ours), `differences.py` compares what they answered
and `report.py` tells it.
"""
