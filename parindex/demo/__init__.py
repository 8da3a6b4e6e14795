"""The demonstration: real history and an invented province in the middle of its year (fixtures/demo/).

Everything is played through the actions that people use, at moments reckoned from the day of loading.
"""
