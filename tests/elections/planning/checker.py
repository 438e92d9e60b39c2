"""Looks for broken hard rules in an answer, from the raw data alone.

It shares nothing with elections.planning but the question: no import, no table, no order of its own making. Whatever
it finds is a sentence; no sentences is a good answer.
"""


def broken_rules(instance, pairs):
    """Every hard rule that placements (person id, seat id) break. Fixed ones may stand in each other's way."""
    people = {person.id: person for person in instance.people}
    seats = {seat.id: seat for seat in instance.seats}
    fixed = set(instance.fixed)
    placed = list(pairs)
    found = [f"{pair} is there twice" for pair in set(placed) if placed.count(pair) > 1]
    found += [f"fixed {pair} is gone" for pair in fixed if pair not in placed]
    new = [pair for pair in placed if pair not in fixed]
    for person_id, seat_id in new:
        person, seat = people[person_id], seats[seat_id]
        if (seat.position_id, seat.day_part_id) not in person.allowed:
            found.append(f"{person_id} may not work in {seat_id}")
        if seat.day_part_id not in person.answers:
            found.append(f"{person_id} is not available for {seat_id}")
        for begin, end in person.busy:
            if begin < seat.end and end > seat.start:
                found.append(f"{person_id} is busy during {seat_id}")
    for seat in instance.seats:
        taken = len([pair for pair in new if pair[1] == seat.id])
        if taken > seat.places:
            found.append(f"{taken} people in {seat.places} places of {seat.id}")
    for person_id in people:
        found += _broken_by_one(instance, seats, person_id, placed, fixed)
    return found


def _broken_by_one(instance, seats, person_id, placed, fixed):
    mine = [seats[seat_id] for person, seat_id in placed if person == person_id]
    found = []
    for number, one in enumerate(mine):
        for other in mine[number + 1 :]:
            if {(person_id, one.id), (person_id, other.id)} <= fixed:
                continue
            first, second = (one, other) if one.start <= other.start else (other, one)
            if second.start < first.end:
                found.append(f"{person_id} is in {one.id} and {other.id} at once")
            if one.day_part_id == other.day_part_id:
                found.append(f"{person_id} works twice in day part {one.day_part_id}")
            if one.day != other.day:
                rest = second.start - first.end
                if rest < instance.rules.minimum_rest:
                    found.append(f"{person_id} rests {rest} seconds between {first.id} and {second.id}")
    if instance.rules.maximum_hours is not None:
        for day in {seat.day for seat in mine}:
            today = [seat for seat in mine if seat.day == day]
            hours = sum(seat.end - seat.start for seat in today) / 3600
            if hours > instance.rules.maximum_hours and any(
                (person_id, seat.id) not in fixed for seat in today
            ):
                found.append(f"{person_id} works {hours} hours on day {day}")
    return found
