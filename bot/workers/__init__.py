"""The threads: acceptance, intake, courier, scheduler, lease renewal."""
