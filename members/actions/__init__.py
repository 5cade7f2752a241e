"""Every write of this app: keyword-only, atomic, named after the business act, leaving a trace (DESIGN invariant 2)."""

from .absences import note_absence, note_return
from .bulk import act_on_many
from .categories import (
    carry_over_category,
    come_home,
    confirm_category,
    decline_exit,
    end_category,
    propose_category,
    propose_exit,
    regularise_category,
    return_category,
)
from .completeness import set_aside_fact
from .conversion import convert_member, extend_probation
from .corrections import accept_correction, ask_correction, refuse_correction, withdraw_correction
from .filters import drop_filter, save_filter
from .helping import name_helper
from .holidays import set_holidays
from .identity import change_identity
from .merging import merge_people, undo_merge
from .people import (
    Conflict,
    change_standing,
    correct_person,
    record_death,
    register_person,
    reveal_person,
    transfer_person,
)
from .proposals import complete_proposal, withdraw_proposal
from .returning import return_to_roll
from .rows import correct_membership, correct_post, correct_standing, correct_stay
from .settings import change_setting, set_practice, withdraw_setting
from .stages import advance_standing, remove_from_roll
from .staying import never_left
from .suggestions import dismiss_suggestion
from .transfers import decline_transfer, propose_transfer, receive_transfer, withdraw_transfer
from .unit_end import end_unit
from .units import (
    close_sign_in,
    create_unit,
    create_user,
    end_role,
    grant_role,
    hand_over,
    hold_post,
    leave_post,
)

__all__ = [
    "Conflict",
    "accept_correction",
    "act_on_many",
    "advance_standing",
    "ask_correction",
    "carry_over_category",
    "change_identity",
    "change_setting",
    "change_standing",
    "close_sign_in",
    "come_home",
    "complete_proposal",
    "confirm_category",
    "convert_member",
    "correct_membership",
    "correct_person",
    "correct_post",
    "correct_standing",
    "correct_stay",
    "create_unit",
    "create_user",
    "decline_exit",
    "decline_transfer",
    "dismiss_suggestion",
    "drop_filter",
    "end_category",
    "end_role",
    "end_unit",
    "extend_probation",
    "grant_role",
    "hand_over",
    "hold_post",
    "leave_post",
    "merge_people",
    "name_helper",
    "never_left",
    "note_absence",
    "note_return",
    "propose_category",
    "propose_exit",
    "propose_transfer",
    "receive_transfer",
    "record_death",
    "refuse_correction",
    "register_person",
    "regularise_category",
    "remove_from_roll",
    "return_category",
    "return_to_roll",
    "reveal_person",
    "save_filter",
    "set_aside_fact",
    "set_holidays",
    "set_practice",
    "transfer_person",
    "undo_merge",
    "withdraw_correction",
    "withdraw_proposal",
    "withdraw_setting",
    "withdraw_transfer",
]
