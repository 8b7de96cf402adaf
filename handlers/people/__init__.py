"""Who is who: registering, the own data, and the roster."""
