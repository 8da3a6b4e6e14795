"""The process apart: one task in, one answer out."""

from reports.word_templates.apart import answer_one

answer_one()
