import type { ChatRequest } from '../contract/chat';
import type { AnswerHead } from './chunks';
import type { Delivery } from '../calls/ports';
import type { Fallback } from '../calls/fallback';
import type { CallRun } from '../calls/run-call';
import type { ThinkingStyle } from './shape';
import type { WatchLimits } from '../calls/watch';
import type { ImagePart } from '../providers/provider';

/** How a picture of an answer is shown: a link that the client can follow. */
export type ShowImage = (part: ImagePart, tokenId: string | null) => Promise<string>;

/** What both ways of delivering an answer need besides the run. */
export interface AnswerJob {
  readonly request: ChatRequest;
  readonly head: AnswerHead;
  /** Read when it is needed: admission may have brought newer settings. */
  readonly limits: () => WatchLimits;
  readonly style: () => ThinkingStyle;
  /** Turns pictures into links; absent where they are shown as upstream names them. */
  readonly show?: ShowImage;
  /** Told of a picture that could not be shown. */
  readonly lost?: (part: ImagePart) => void;
  /** What the answer takes of the key's daily limits after all; as admitted when absent. */
  readonly charged?: () => NonNullable<Delivery['charges']>;
  /** Another way to the same answer, for when the first fails; absent where there is none. */
  readonly fallback?: Fallback;
}

/** What a settlement says of the charges. Who leaves pays for what was asked. */
export function chargesOf(run: CallRun, { charged }: AnswerJob): Pick<Delivery, 'charges'> {
  return charged === undefined || run.interruption.hasClientLeft ? {} : { charges: charged() };
}
