"""What people can do, one file per thing, in the order in which the engine asks them."""
