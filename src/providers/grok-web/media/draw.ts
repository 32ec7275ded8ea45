import type { DrawSpec, EditSpec, ModelSpec } from '../../../models/model-spec';
import type { DrawCall, ImageProgressPart, PartStream } from '../../provider';
import { drawThroughGateway } from '../gateway/draw';
import { chatBody } from '../request';
import { converse } from './conversation';
import { drawByTurns, type Turn } from './draw-turns';
import { prepareEdit } from './edit';
import { drawOverSocket } from './imagine';
import { picturesIn, type PictureEvent } from './turn-pictures';

/** Draws or edits, by the model's row. @throws ProviderError */
export function draw(call: DrawCall): Promise<PartStream> {
  return Promise.resolve(begin(call, mediaOf(call.model)));
}

function begin(call: DrawCall, media: DrawSpec | EditSpec): PartStream {
  if (media.task === 'edit') return drawByTurns(call, media.perCall, prepareEdit);
  if (media.way === 'imagine') return drawOverSocket(call, media.pro === true);
  return drawByTurns(call, media.perCall, () => Promise.resolve(turnOf(call.model)));
}

/** A picture asked for in a conversation of the model's dialect. */
function turnOf(model: ModelSpec): Turn {
  if (model.dialect === 'gateway') return gatewayTurn;
  const label = model.dialect === 'rest-model' ? 'Image Generation' : 'Drawing';
  return (attempt) =>
    picturesIn(converse(attempt, bodyOf(attempt, `${label}: ${attempt.task.prompt}`), '/'));
}

async function* gatewayTurn(attempt: DrawCall): AsyncGenerator<PictureEvent, void, undefined> {
  for await (const part of drawThroughGateway(attempt, attempt.signal)) {
    if (part.type === 'image') yield { type: 'picture', index: 0, url: part.url };
    else yield progressEvent(part);
  }
}

/** Both pictures that upstream draws stand for the one that is asked for. */
function progressEvent({ progress: percent, base64 }: ImageProgressPart): PictureEvent {
  return { type: 'progress', index: 0, percent, ...(base64 !== undefined && { base64 }) };
}

function bodyOf({ model, settings }: DrawCall, message: string): object {
  const turn = { message, attachments: [], temporary: settings.temporary };
  return chatBody(model, { model: model.id, messages: [] }, turn);
}

function mediaOf(model: ModelSpec): DrawSpec | EditSpec {
  const { media } = model;
  if (media === undefined || media.task === 'film') throw new Error(`${model.id} draws no picture`);
  return media;
}
