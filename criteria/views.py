"""Criteria sets: read, upload after a preview, download, correct words."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from accounts.authorize import authorize
from criteria import actions
from criteria.forms import ConfirmForm, SetFileForm, WordingForm
from criteria.models import CriteriaSet, Criterion
from criteria.permissions import keeps_sets, reads_sets
from criteria.queries import (
    corrections,
    newest_version,
    outline,
    sets_with_use,
    stored_tree,
    sums_by_source,
    upload_preview,
)
from criteria.schema import dump_set
from criteria.tree import CriteriaTree, Role


@authorize(reads_sets)
def criteria_sets(request: HttpRequest) -> HttpResponse:
    context = {"sets": sets_with_use(), "keeps": keeps_sets.test(request.user)}
    return render(request, "criteria/sets.html", context)


@authorize(reads_sets, criteria_set=sets_with_use())
def criteria_set(request: HttpRequest, criteria_set: CriteriaSet) -> HttpResponse:
    stored = stored_tree(criteria_set)
    sums = sums_by_source(stored.tree)
    context = {
        "criteria_set": criteria_set,
        "tree": stored.tree,
        "areas": outline(stored),
        "sums": sums,
        "extra_leaves": criteria_set.leaf_count - sum(one.leaves for one in sums),
        "extras": [node for node in stored.tree.criteria if node.role is not Role.BASE],
        "corrections": corrections(criteria_set),
        "keeps": keeps_sets.test(request.user),
        "next_version": newest_version(criteria_set.code) + 1,
    }
    return render(request, "criteria/set.html", context)


@authorize(reads_sets, criteria_set=CriteriaSet.objects)
def criteria_set_download(request: HttpRequest, criteria_set: CriteriaSet) -> HttpResponse:
    """The set as its file; with ?phien-ban-moi the same under the next free version, to edit and upload."""
    tree = stored_tree(criteria_set).tree
    if "phien-ban-moi" in request.GET:
        tree = replace(tree, version=newest_version(tree.code) + 1)
    return HttpResponse(
        dump_set(tree),
        content_type="application/yaml; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, f"{tree.code}-v{tree.version}.yaml") or ""
        },
    )


@authorize(keeps_sets)
def criteria_set_upload(request: HttpRequest) -> HttpResponse:
    """GET asks for a file, POST of a file shows what it would do, POST of the confirmed text does it."""
    if request.method != "POST":
        return _upload_page(request, SetFileForm())
    confirmed = "text_again" in request.POST
    form = ConfirmForm(request.POST) if confirmed else SetFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, form, status=422)
    if not confirmed:
        return _preview_page(request, form.tree, form.text)
    try:
        stored = actions.store_set(form.tree, seen=form.cleaned_data["seen"], by=request.user)
    except actions.SetRefused as refusal:
        return _preview_page(request, form.tree, form.text, refusal=str(refusal), status=409)
    messages.success(request, f"Đã nạp bộ tiêu chí {stored.code} phiên bản {stored.version}.")
    return redirect("criteria_set", criteria_set=stored.pk)


def _upload_page(request: HttpRequest, form: SetFileForm | ConfirmForm, status: int = 200) -> HttpResponse:
    # A file can't be put back into its input: after problems a fresh one is offered beside them.
    ask = form if isinstance(form, SetFileForm) else SetFileForm()
    return render(request, "criteria/upload.html", {"form": form, "ask": ask}, status=status)


def _preview_page(
    request: HttpRequest, tree: CriteriaTree, text: str, refusal: str = "", status: int = 200
) -> HttpResponse:
    preview = upload_preview(tree)
    if preview.frozen and not preview.same:
        refusal = actions.frozen_because_used(tree)
    context = {
        "preview": preview,
        "form": ConfirmForm(initial={"text_again": text, "seen": preview.seen}),
        "refusal": refusal,
        "illustration": tree.illustration,
    }
    return render(request, "criteria/preview.html", context, status=status)


@authorize(keeps_sets, criterion=Criterion.objects.select_related("criteria_set"))
def criterion_edit(request: HttpRequest, criterion: Criterion) -> HttpResponse:
    """Correct the words of one criterion."""
    form = WordingForm(request.POST or None, instance=criterion)
    if form.is_valid():
        try:
            actions.correct_wording(criterion=criterion, **form.cleaned_data, seen=form.seen, by=request.user)
        except actions.SetRefused as refusal:
            form.add_error(None, str(refusal))
            if isinstance(refusal, actions.Reworded):
                form.show_saved(Criterion.objects.get(pk=criterion.pk))
        else:
            messages.success(request, f"Đã đính chính tiêu chí {criterion.code}.")
            return redirect("criteria_set", criteria_set=criterion.criteria_set_id)
    context = {
        "criterion": criterion,
        "criteria_set": criterion.criteria_set,
        "form": form,
        "corrections": corrections(criterion.criteria_set, criterion),
    }
    status = 409 if form.saved else 422 if form.errors else 200
    return render(request, "criteria/criterion.html", context, status=status)
