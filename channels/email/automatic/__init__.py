"""Mail that no person wrote: bounces, feedback reports, out-of-office replies."""
