//! What may follow in a match request, and what is counted.

use super::*;

fn walk(acts: &[Act]) -> (Phase, Vec<(MatchStage, StageOutcome)>) {
    let mut facts = vec![(MatchStage::Preliminary, StageOutcome::Reached)];
    let mut phase = Phase::Notified;
    for act in acts {
        let step = phase.after(*act).unwrap_or_else(|e| panic!("{act:?} from {phase:?}: {e}"));
        phase = step.phase;
        facts.extend(step.facts);
    }
    (phase, facts)
}

const TO_COLLECTION: [Act; 7] = [Act::Contacted, Act::Agreed, Act::Typing, Act::Confirmed, Act::WorkUp, Act::Fit, Act::Scheduled];

#[test]
fn a_donation_passes_every_stage_once() {
    let (phase, facts) = walk(&[&TO_COLLECTION[..], &[Act::Mobilised, Act::Conditioned, Act::Collected]].concat());
    assert_eq!(phase, Phase::Donated);
    for stage in MatchStage::ALL {
        let of: Vec<StageOutcome> = facts.iter().filter(|(s, _)| *s == stage).map(|(_, o)| *o).collect();
        assert_eq!(of, [StageOutcome::Reached, StageOutcome::Available], "{stage:?}");
    }
}

#[test]
fn every_stage_that_is_reached_has_one_outcome_at_most_and_no_outcome_comes_unreached() {
    // Every path there is, up to a length that covers the longest.
    let mut paths = vec![(Phase::Notified, vec![(MatchStage::Preliminary, StageOutcome::Reached)])];
    let mut ends = 0;
    while let Some((phase, facts)) = paths.pop() {
        for stage in MatchStage::ALL {
            let of: Vec<StageOutcome> = facts.iter().filter(|(s, _)| *s == stage).map(|(_, o)| *o).collect();
            assert!(of.len() <= 2, "{stage:?}: {of:?}");
            assert!(of.first().is_none_or(|o| *o == StageOutcome::Reached), "{stage:?}: {of:?}");
            assert!(!phase.is_end() || of.len() != 1, "{phase:?} leaves {stage:?} open: {facts:?}");
        }
        ends += usize::from(phase.is_end());
        for act in phase.acts() {
            let step = phase.after(act).unwrap();
            if step.phase != phase {
                paths.push((step.phase, [facts.clone(), step.facts].concat()));
            }
        }
    }
    assert!(ends > 30, "{ends} ends were reached");
}

#[test]
fn refusing_after_conditioning_is_counted_apart() {
    let (phase, facts) = walk(&[&TO_COLLECTION[..], &[Act::Conditioned, Act::Refused]].concat());
    assert_eq!(phase, Phase::RenegedAfterConditioning);
    assert_eq!(facts.last(), Some(&(MatchStage::Conditioned, StageOutcome::Refused)));
    assert!(!facts.contains(&(MatchStage::Collection, StageOutcome::Refused)));
}

#[test]
fn what_the_patients_side_cancels_is_no_refusal_and_steps_keep_their_order() {
    let (phase, facts) = walk(&[Act::Agreed, Act::PatientCancelled]);
    assert_eq!(phase, Phase::PatientCancelled);
    assert!(facts.iter().all(|(_, o)| !matches!(o, StageOutcome::Refused | StageOutcome::CancelledByPatient)));
    assert_eq!(Phase::Notified.after(Act::WorkUp), Err(NotNow { key: "match-answer-first" }));
    assert_eq!(Phase::Agreed.after(Act::Fit), Err(NotNow { key: "match-not-in-order" }));
    assert_eq!(Phase::Refused.after(Act::Agreed), Err(NotNow { key: "match-over" }));
    assert!(Phase::Refused.after(Act::CmdpStatus).is_ok());
}

#[test]
fn every_word_is_read_back() {
    for code in Code::ALL {
        assert_eq!(Code::from_word(code.word()), Some(*code));
    }
    for act in Act::ALL {
        assert_eq!(Act::from_word(act.word()), Some(*act));
    }
    for phase in Phase::ALL {
        assert_eq!(Phase::from_word(phase.word()), Some(*phase));
    }
}
