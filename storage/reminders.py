"""Reminders that are due: what is planned, crossed with the office's lead times, less what has a row already."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that should have a row by now; times are UTC ISO text, `minutes` is the lead time of its rule.

    `sort` is 'meeting', 'event', 'answer', which chases the silent, or 'feedback': of that, `rule` is the day, and
    `starts_at` the noon after it, until which the question is of use. `kind`, `object` and `occurrence` are those of
    its row in the outbox.
    """

    sort: str
    object_id: int
    person_id: int
    rule: str
    minutes: int
    starts_at: str
    kind: str
    object: str
    occurrence: str
    superseded: int  # 1: a later rule of the same thing is due as well, or says more


# A rule whose moment had passed before the thing was planned, moved, or sent, reminds of nothing: it is news just now.
# Of two rules that are due at once, after a night without power say, only the later one still helps; and who is
# reminded of an event is asked by that very card whether he or she comes, so that nobody needs to be chased besides.
# Nor is anybody chased again within half a day: the office may just have done it.
_DUE = """
    WITH due AS (
        SELECT 'meeting' AS sort, m.id AS object_id, m.person_id, t.rule, t.minutes, m.starts_at,
               coalesce(m.moved_at, m.made_at) AS known_at, 'reminder' AS kind, 'meeting:' || m.id AS object
        FROM meetings m JOIN lead_times t ON t.object = 'meeting'
        WHERE m.state = 'planned' AND m.starts_at > :since
        UNION ALL
        SELECT t.object, e.id, i.person_id, t.rule, t.minutes, e.starts_at,
               max(e.sends_at, coalesce(e.moved_at, '')),
               CASE t.object WHEN 'answer' THEN 'chase' ELSE 'reminder' END, 'event:' || e.id
        FROM events e JOIN invitations i ON i.event_id = e.id
        JOIN lead_times t ON (t.object = 'event' AND (i.answer IS NULL OR i.answer = 'yes'))
                          OR (t.object = 'answer' AND i.answer IS NULL)
        WHERE e.state = 'announced' AND e.starts_at > :since
        UNION ALL
        -- What the day was like: asked when its last slot closes, of those who were there and have not said it.
        -- That it has closed is asked here; a minute more of lead time makes up for what julianday rounds below.
        SELECT DISTINCT 'feedback', d.event_id, k.person_id, d.day,
               (strftime('%s', d.noon) - strftime('%s', d.closes_at)) / 60 + 1, d.noon, d.made_at,
               'reminder', 'feedback:' || d.event_id
        FROM (
            -- The zone's distance from UTC is that of the event's start, which is kept as both.
            SELECT s.event_id, s.day, max(s.closes_at) AS closes_at, e.made_at,
                   strftime('%Y-%m-%dT%H:%M:%S.000+00:00',
                            strftime('%s', s.day, '+36 hours') - strftime('%s', e.first_day || ' ' || e.starts)
                            + strftime('%s', e.starts_at), 'unixepoch') AS noon
            FROM slots s JOIN events e ON e.id = s.event_id
            WHERE e.state = 'announced' AND s.closes_at > :since GROUP BY s.event_id, s.day
        ) d
        JOIN slots s ON s.event_id = d.event_id AND s.day = d.day
        JOIN present k ON k.slot_id = s.id
        WHERE d.closes_at <= :now AND d.closes_at < d.noon AND d.noon > :since
          AND NOT EXISTS (SELECT 1 FROM feedback_given f WHERE f.event_id = d.event_id AND f.day = d.day
                          AND f.person_id = k.person_id AND f.rated = 1)
    )
    SELECT sort, object_id, d.person_id, rule, minutes, starts_at, kind, object, rule || ':' || starts_at,
           EXISTS (SELECT 1 FROM lead_times later
                   WHERE julianday(d.starts_at) - later.minutes / 1440.0 <= julianday(:now)
                     AND ((later.object = d.sort AND later.minutes < d.minutes)
                          OR (d.sort = 'answer' AND later.object = 'event' AND later.minutes <= d.minutes)))
           OR (d.sort = 'answer' AND EXISTS (
                   SELECT 1 FROM outbox o WHERE o.state <> 'expired' AND julianday(o.made_at) > julianday(:now) - 0.5
                   AND o.dedupe BETWEEN d.kind || ':' || d.object || ':' || d.person_id || ':'
                                    AND d.kind || ':' || d.object || ':' || d.person_id || ':~'))
    FROM due d JOIN persons p ON p.id = d.person_id AND p.state = 'active'
    WHERE julianday(starts_at) - minutes / 1440.0 <= julianday(:now)
      AND julianday(known_at) <= julianday(starts_at) - minutes / 1440.0
      AND EXISTS (SELECT 1 FROM chats c WHERE c.person_id = d.person_id AND c.reachable = 'yes')
      AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.dedupe =
          -- With d: outbox has columns of these names, and would be scanned once for each reminder.
          d.kind || ':' || d.object || ':' || d.person_id || ':' || d.rule || ':' || d.starts_at)
    ORDER BY starts_at, sort, object_id, d.person_id, minutes
"""


def due(db: Connection, now: str, since: str) -> list[Due]:
    """Return the reminders that have no row yet, for what starts after `since`; both are UTC ISO text."""
    return [Due(*row) for row in db.execute(_DUE, {"now": now, "since": since})]


def silent(db: Connection, event_id: int) -> list[int]:
    """Return the active people who have not answered an announced event."""
    rows = db.execute(
        """
        SELECT i.person_id FROM invitations i JOIN persons p ON p.id = i.person_id AND p.state = 'active'
        JOIN events e ON e.id = i.event_id AND e.state = 'announced'
        WHERE i.event_id = ? AND i.answer IS NULL ORDER BY i.person_id
        """,
        (event_id,),
    )
    return [int(row[0]) for row in rows]


def chased_since(db: Connection, event_id: int, since: str) -> int:
    """Count the people who were chased for an answer from `since` (UTC ISO text) on."""
    row = db.execute(
        """
        SELECT count(DISTINCT person_id) FROM outbox
        WHERE object = 'event:' || ? AND kind = 'chase' AND made_at >= ? AND state <> 'expired'
        """,
        (event_id, since),
    ).fetchone()
    return int(row[0])
