from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = "社区"

    def ready(self):
        autodiscover_modules("rules_bulletins", "rules")
