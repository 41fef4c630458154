"""The limits of the challenge layer, below all that goes by them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LivenessPolicy:
    """The challenge layer. Angles are changes from the person's own resting pose, degrees.

    `challenges`: fewest steps of one plan. `entropy_bits`: what a plan must have in effective bits
    (see domain.planner); it takes as many steps as that needs, at most five. 3.5 are three steps
    for whoever may be asked for everything: the best single recording then fits one plan in 13.6,
    and failures count towards the lock-out. `move_closer`: also ask to lean in; off, as someone
    who cannot is known only after a claim. `closer_share`: growth of the eye distance over rest,
    10 cm from 60. `steady_s`/`steady_frames`: how long a good face must be seen to take a
    baseline. `reaction_s`: no person answers faster (DESIGN, 150 ms).
    `turn_deg`/`look_up_deg`: dlib's landmarks read 85 % and 70 % of the true angle, so about 18
    and 14 degrees of movement.
    `blink_share`: eye aspect ratio under this share of the open baseline is closed. Two people
    who blink often met it in 92 % of 232 stretches of 6 s at 15 looks a second; of 80 stretches
    without a blink 8 % met it (0.72: 94 % and 25 %).
    `blink_longest_s`: eyes must open again within this. `mouth_gap`: rise of mouth openness;
    `mouth_hold_s`: for this long, asked or not. In 94 s of 10 faces on video, most of them
    talking, the mouth passed the gap 41 times for 0.05 s and 11 times for 0.35 s, looks that slip
    back half the way between them forgiven.
    `wrong_share`: another movement this many times its own threshold voids the session.
    `neutral_share`: below this share of a threshold the face is at rest.
    `hold_s`: a movement must be seen this long, in at least two looks: one look may be a glitch
    of the measure (dlib's eye openness scatters by 5 to 10 % from frame to frame).
    `track_gap_s`: the track may be unseen this long. `stall_s`: no frame for this long is a fault;
    `wake_s`: the same for the first frame, as a device takes up to about 3 s to open.
    `match_frames`: frames compared together, at least `match_gap_s` apart.
    `absent_s`: with no face at all for this long, whoever asked has left (issue: within 10 s).
    `crowded_looks`: so many looks in a row may show another face as near, and count for nothing; a
    patterned tie was taken for a face in single ones (4 of 137 animated visits ended there, all of
    two people), and somebody who stands there is seen in each.
    """

    challenges: int = 2
    entropy_bits: float = 3.5
    move_closer: bool = False
    closer_share: float = 0.2
    steady_s: float = 0.5
    steady_frames: int = 5
    framing_s: float = 12.0
    step_s: float = 6.0
    reaction_s: float = 0.15
    turn_deg: float = 15.0
    look_up_deg: float = 10.0
    blink_share: float = 0.68
    blink_longest_s: float = 1.5
    hold_s: float = 0.05
    mouth_gap: float = 0.22
    mouth_hold_s: float = 0.35
    neutral_share: float = 0.45
    wrong_share: float = 1.25
    track_gap_s: float = 0.5
    stall_s: float = 1.5
    wake_s: float = 4.0
    absent_s: float = 9.0
    match_frames: int = 3
    match_gap_s: float = 0.2
    crowded_looks: int = 2
