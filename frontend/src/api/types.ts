/** Names for the generated types. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Reading = Schemas['Reading'];
export type ProblemReport = Schemas['ProblemReport'];
export type ProblemKind = ProblemReport['kind'];
export type Item = Schemas['Item'];
export type Grade = Schemas['Grade'];
export type Answer = Schemas['AnswerRequest'];
export type Layout = Schemas['Layout'];
export type Slot = Schemas['Slot'];
export type Anatomy = Schemas['Anatomy'];
export type ViewerSeries = Schemas['ViewerSeries'];
export type Frame = Schemas['Frame'];
export type LevelMark = Schemas['LevelMark'];
export type Assistance = Schemas['Assistance'];
export type ProposedGrade = Schemas['ProposedGrade'];
export type Detection = Schemas['Detection'];
export type MeasureOfAi = Schemas['MeasureOfAi'];
export type Evidence = Schemas['Evidence'];
export type EvidencePicture = Schemas['EvidencePicture'];
export type Flag = Schemas['Flag'];
export type Outline = Schemas['Outline'];
export type DiscLevel = Answer['disc_level'];
export type Feedback = Schemas['Feedback'];
export type Reason = Answer['reason'];
export type DrawingBody = Schemas['DrawingRequest'];
export type MeasurementView = Schemas['Measurement'];
export type AdjudicationCase = Schemas['AdjudicationCase'];
export type CellToDecide = Schemas['CellToDecide'];
export type Decisions = Schemas['DecisionsRequest'];
export type CaseInQueue = Schemas['CaseInQueue'];
