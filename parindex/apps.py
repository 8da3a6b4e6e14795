from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    """The installation as a whole: its commands serve, worker, backup and restore."""

    name = "parindex"
    verbose_name = "Chỉ số cải cách hành chính"


class AdministrationConfig(AdminConfig):
    default_site = "parindex.administration.AdministrationSite"
