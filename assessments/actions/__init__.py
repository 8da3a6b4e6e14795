"""The only writers: one function per thing that can happen, atomic, by somebody, leaving its Event."""
