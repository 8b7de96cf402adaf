"""The pacer never lets more through than its limits, in any window, and does not wait for longer than it must."""

import heapq
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.pacer import CATCH_UP, Limits, Pacer

START = datetime(2023, 11, 12, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REPLY, BROADCAST = 0, 2


def sent_when_ready(pacer: Pacer, wanted: list[tuple[str, int, timedelta]]) -> list[tuple[str, int, datetime]]:
    """Send each thing as soon as the pacer allows, in order, with pauses between."""
    now, left = START, []
    for chat, lane, pause in wanted:
        now = pacer.ready_at(chat, lane, now + pause)
        pacer.took(chat, lane, now)
        left.append((chat, lane, now))
    return left


def test_a_broadcast_is_spread_over_the_second() -> None:
    """Twenty-five held up on their way would meet the next ones at the server: four leave at once, then evenly."""
    left = sent_when_ready(Pacer(Limits()), [(f"telegram:{one}", BROADCAST, timedelta()) for one in range(60)])
    times = [at - START for _, _, at in left]
    assert times[:5] == [timedelta()] * 4 + [SECOND / 25]
    for start in times:
        assert sum(start <= at < start + SECOND / 5 for at in times) <= 9


def test_what_a_busy_machine_held_up_is_made_good() -> None:
    """Each of a broadcast leaves 30 ms late: the rate stays 25 a second all the same."""
    pacer, now, late = Pacer(Limits()), START, timedelta(milliseconds=30)
    for one in range(500):
        ready = pacer.ready_at(f"telegram:{one}", BROADCAST, now)
        now = ready + late if ready > now else now
        pacer.took(f"telegram:{one}", BROADCAST, now)
    assert 500 / (now - START).total_seconds() > 24.7


def test_what_is_held_up_on_its_way_never_meets_too_many_at_the_server() -> None:
    """Every fifth takes up to half a second longer to arrive: no second at the server has more than thirty."""
    chance, pacer, now = random.Random(0), Pacer(Limits()), START
    coming: list[tuple[datetime, datetime]] = []  # answers on their way: when they are here, and when it had left
    arrived: list[datetime] = []
    for one in range(3000):
        chat, lane = f"telegram:{one}", REPLY if one % 12 == 0 else BROADCAST
        while (ready := pacer.ready_at(chat, lane, now)) > now or (coming and coming[0][0] <= now):
            now = min(ready, coming[0][0]) if coming else ready
            while coming and coming[0][0] <= now:
                back, taken = heapq.heappop(coming)
                pacer.came_back(taken, back)
        pacer.took(chat, lane, now)
        late = timedelta(milliseconds=chance.uniform(0, 500) if chance.random() < 0.2 else 0)
        arrived.append(now + late + SECOND / 50)
        heapq.heappush(coming, (arrived[-1] + SECOND / 50, now))
    arrived.sort()
    assert all(later - earlier >= SECOND for earlier, later in zip(arrived, arrived[30:], strict=False))
    assert 3000 / (arrived[-1] - START).total_seconds() > 25


def test_two_hundred_people_take_eight_seconds() -> None:
    """At 25 a second a broadcast to 200 takes just under eight seconds, and no reply has to wait for it."""
    pacer = Pacer(Limits())
    left = sent_when_ready(pacer, [(f"telegram:{one}", BROADCAST, timedelta()) for one in range(200)])
    end = left[-1][2]
    assert end - START == 7.84 * SECOND
    assert pacer.ready_at("telegram:999", BROADCAST, end) == end + SECOND / 25
    assert pacer.ready_at("telegram:999", REPLY, end) == end


def test_replies_have_five_a_second_of_their_own() -> None:
    """Beside a broadcast at full speed five replies leave at once, the sixth when the window has moved on."""
    pacer = Pacer(Limits())
    sent_when_ready(pacer, [(f"telegram:{one}", BROADCAST, timedelta()) for one in range(25)])
    left = sent_when_ready(pacer, [(f"telegram:r{one}", REPLY, timedelta()) for one in range(6)])
    assert [at - START for _, _, at in left] == [timedelta()] * 5 + [SECOND]


def test_one_chat_waits_for_its_gap() -> None:
    """One person is written to every 1.1 s, whatever the lane."""
    pacer = Pacer(Limits())
    left = sent_when_ready(pacer, [("telegram:1", lane, timedelta()) for lane in (REPLY, BROADCAST, REPLY)])
    assert [at - START for _, _, at in left] == [timedelta(), timedelta(seconds=1.1), timedelta(seconds=2.2)]


def test_a_group_gets_eighteen_a_minute() -> None:
    """The nineteenth message to a group waits until the first is a minute old."""
    left = sent_when_ready(Pacer(Limits()), [("telegram:-100", REPLY, timedelta(seconds=2))] * 19)
    assert left[18][2] - left[0][2] == timedelta(minutes=1)


def test_an_open_channel_never_waits() -> None:
    """Without limits everything leaves at once."""
    left = sent_when_ready(Pacer(Limits.open()), [("simulator:-1", BROADCAST, timedelta())] * 500)
    assert {at for _, _, at in left} == {START}


def test_a_clock_set_back_blocks_for_no_longer_than_a_window() -> None:
    """When the machine's clock jumps back two hours, sending goes on within the usual windows."""
    pacer = Pacer(Limits())
    sent_when_ready(pacer, [(f"telegram:{one}", BROADCAST, timedelta()) for one in range(25)])
    earlier = START - timedelta(hours=2)
    assert earlier < pacer.ready_at("telegram:99", BROADCAST, earlier) <= earlier + SECOND
    assert pacer.ready_at("telegram:1", REPLY, earlier) == earlier + timedelta(seconds=1.1)


def test_a_long_broadcast_is_not_remembered_for_ever() -> None:
    """Chats whose gap is over are forgotten; those within it are not."""
    pacer = Pacer(Limits())
    left = sent_when_ready(pacer, [(f"telegram:{one}", BROADCAST, timedelta()) for one in range(10_000)])
    assert len(pacer._paid) < 5_000
    assert pacer.ready_at(left[-1][0], REPLY, left[-1][2]) == left[-1][2] + timedelta(seconds=1.1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([f"telegram:{one}" for one in range(8)] + ["telegram:-7"]),
            st.sampled_from([0, 1, 2]),
            st.integers(0, 400).map(lambda ms: timedelta(milliseconds=ms)),
        ),
        max_size=150,
    ),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_no_window_holds_more_than_the_limit(
    wanted: list[tuple[str, int, timedelta]], overall: int, extra: int
) -> None:
    """Whatever is wanted in whatever order: no second, no gap and no group's minute ever holds too much."""
    limits = Limits(overall, extra, timedelta(seconds=0.3), 5)
    left = sent_when_ready(Pacer(limits), wanted)
    for at in [at for _, _, at in left]:
        before = [(chat, lane, other) for chat, lane, other in left if at - SECOND < other <= at]
        assert len(before) <= overall + extra
        if before[-1][1] != REPLY:
            assert len(before) <= overall + min(extra, CATCH_UP - 1)
    for chat in {chat for chat, _, _ in left}:
        times = [at for one, _, at in left if one == chat]
        assert all(later - earlier >= limits.chat_gap for earlier, later in pairwise(times))
        if chat == "telegram:-7":
            assert all(b - a >= timedelta(minutes=1) for a, b in zip(times, times[5:], strict=False))
