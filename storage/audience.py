"""Who is meant by an audience: the one condition by which people are invited, counted, and let in later."""


def meant(audience: str) -> str:
    """Return the SQL condition that the person `p` is meant by the audience, the SQL expression of its JSON.

    Those of its roles in its districts (none: in all of them), and those whom it names; without its exceptions.
    """
    return f"""(
        p.state = 'active' AND p.limited = 0 AND p.id NOT IN (SELECT value FROM json_each({audience}, '$.except'))
        AND (p.id IN (SELECT value FROM json_each({audience}, '$.people'))
             OR p.role IN (SELECT value FROM json_each({audience}, '$.roles'))
                AND (json_array_length({audience}, '$.districts') = 0
                     OR p.district_id IN (SELECT value FROM json_each({audience}, '$.districts'))))
    )"""
