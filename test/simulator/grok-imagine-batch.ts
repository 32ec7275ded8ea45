import { FAULT_AFTER_TOKENS, breakFirst, breakOff } from './break-off';
import { ClientGone, CutHere, openCall } from './call';
import type { Call } from './call';
import type { Script } from './faults';
import { batchFrames } from './grok-imagine-frames';
import type { ImagineAsk } from './grok-imagine-frames';
import type { GrokRequest } from './grok-request';

/** A batch under way. */
export interface Batch {
  /** The client has closed the socket. */
  leave(): void;
}

interface Wire {
  readonly send: (frame: object) => void;
  readonly close: () => void;
}

/** Added to the recorded call, so that tests can tell handshakes apart. */
const SOCKET_HEADER = 'x-simulator-socket';
const BUCKET = 'imagine:image_pro';

/** Draws a batch: recorded and counted as one call, whose units are its pictures. */
export function startBatch(grok: GrokRequest, wire: Wire, ask: ImagineAsk): Batch {
  let call: Call | null = null;
  let hasLeft = false;
  const run = async () => {
    call = await openBatch(grok, ask);
    if (hasLeft) return call.left();
    try {
      await play(call, grok.script, wire, ask);
      call.closed('complete');
      if (grok.script.has('idleclose')) wire.close();
    } catch (error) {
      if (error instanceof ClientGone) return;
      call.closed('cut');
      wire.close();
      if (!(error instanceof CutHere)) throw error;
    }
  };
  grok.stage.ctx.waitUntil(run());
  return {
    leave() {
      hasLeft = true;
      call?.left();
    },
  };
}

function openBatch(grok: GrokRequest, ask: ImagineAsk): Promise<Call> {
  const { credential, script, stage } = grok;
  const { url } = stage.request;
  const headers = new Headers(stage.request.headers);
  headers.set(SOCKET_HEADER, ask.socketId);
  const isRefused = script.has('inband8') || script.has('usagelimit');
  const { quotaUnits: limitUnits, windowS } = script;
  // The handshake's own signal says nothing of its socket.
  return openCall(
    { ...stage, request: new Request(url, { headers }) },
    {
      credential,
      bodyText: ask.text,
      charge: isRefused ? null : { bucket: BUCKET, units: ask.count, limitUnits, windowS },
      luck: { once500: script.has('once500'), flakyPercent: script.flakyPercent },
    },
  );
}

/** Sends the frames of an accepted batch, or the error frame of a refused one. */
async function play(call: Call, script: Script, wire: Wire, ask: ImagineAsk): Promise<void> {
  const fail = (code: string, message: string) =>
    wire.send({ type: 'error', err_code: code, err_msg: message, request_id: ask.requestId });
  const { verdict } = call.reply;
  if (verdict === 'exhausted' || verdict === 'noted') {
    return fail('rate_limit_exceeded', 'Image rate limit exceeded');
  }
  if (verdict !== 'accepted' || script.has('e500counts')) return fail('internal', 'Internal error');
  if (script.has('silent')) await call.silence();
  await call.wait(script.slowMs);
  await breakFirst(call, script);
  let sent = 0;
  for (const frame of batchFrames(ask, script)) {
    if (sent > 0) await call.wait(script.paceMs);
    wire.send(frame);
    sent += 1;
    if (script.has('errorframe') && sent === ask.count) return fail('internal', 'Internal error');
    if (script.has('earlyclose') && frame.type === 'json' && frame.current_status === 'completed') {
      await call.wait(FLUSH_MS);
      throw new CutHere('Closed after the first picture.');
    }
    if (sent === FAULT_AFTER_TOKENS) await breakOff(call, script);
  }
  if (script.has('previewonly')) await call.silence();
}

const FLUSH_MS = 10;
