//! Where a test lets the process die: before and after everything that a resource's way does to the database and asks of
//! a cloud. Only builds with the feature `failpoints` have them; in others [`reach`] is nothing.
#[cfg(feature = "failpoints")]
mod armed;

#[cfg(feature = "failpoints")]
pub use armed::arm;

/// The points, each with its name: the one list, from which the crash tests take their rows.
macro_rules! points {
    ($($point:ident = $name:literal,)+) => {
        /// A point on a resource's way.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Point { $(#[doc = $name] $point,)+ }

        impl Point {
            /// All of them, in the order of the way.
            pub const ALL: &[Self] = &[$(Self::$point,)+];

            /// How tests call it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$point => $name,)+ }
            }
        }
    };
}

points! {
    ProvisionAsked = "provision.asked",
    ProvisionKeyed = "provision.keyed",
    ProvisionReserved = "provision.reserved",
    ProvisionInserted = "provision.inserted",
    ProvisionAudited = "provision.audited",
    ProvisionStored = "provision.stored",
    ProvisionAdvanced = "provision.advanced",
    ActAsked = "act.asked",
    ActKeyed = "act.keyed",
    ActInserted = "act.inserted",
    ActAudited = "act.audited",
    ActStored = "act.stored",
    ActAdvanced = "act.advanced",
    ReadAsked = "read.asked",
    ReadNoted = "read.noted",
    ReadAnswered = "read.answered",
    ReadDone = "read.done",
    RemoveAsked = "remove.asked",
    RemoveMarked = "remove.marked",
    RemoveAudited = "remove.audited",
    RemoveStored = "remove.stored",
    RemoveAdvanced = "remove.advanced",
    LeaseAsked = "lease.asked",
    LeaseWritten = "lease.written",
    LeaseTaken = "lease.taken",
    IntendAsked = "intend.asked",
    Intended = "intend.stored",
    MakeAsked = "make.asked",
    MakeAnswered = "make.answered",
    FindAsked = "find.asked",
    FindAnswered = "find.answered",
    TwinAsked = "twin.asked",
    TwinDeleted = "twin.deleted",
    LookAsked = "look.asked",
    LookAnswered = "look.answered",
    ConfirmAsked = "confirm.asked",
    ConfirmAnswered = "confirm.answered",
    DeleteAsked = "delete.asked",
    DeleteAnswered = "delete.answered",
    SettleAsked = "settle.asked",
    SettleReleased = "settle.released",
    SettleWritten = "settle.written",
    SettleAudited = "settle.audited",
    SettleStored = "settle.stored",
    OperateAsked = "operate.asked",
    OperateIntended = "operate.intended",
    OperateAnswered = "operate.answered",
    FinishWritten = "finish.written",
    FinishAudited = "finish.audited",
    FinishStored = "finish.stored",
    PostponeAsked = "postpone.asked",
    PostponeStored = "postpone.stored",
    TakeOverAsked = "take_over.asked",
    TakeOverStored = "take_over.stored",
    RoundRead = "round.read",
    BatchAsked = "batch.asked",
    BatchAnswered = "batch.answered",
}

/// The process has come to a point.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) const fn reach(_: Point) {}

/// The process has come to a point: if a test has armed it, this does not return.
#[cfg(feature = "failpoints")]
pub(crate) fn reach(point: Point) {
    fail::fail_point!(point.name());
}

#[cfg(test)]
mod tests {
    use super::Point;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_points_have_one_name() {
        let names: BTreeSet<_> = Point::ALL.iter().map(|point| point.name()).collect();
        assert_eq!(names.len(), Point::ALL.len());
    }
}
