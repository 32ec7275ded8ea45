import * as z from 'zod';
import { openCall } from './call';
import { startBatch } from './grok-imagine-batch';
import type { Batch } from './grok-imagine-batch';
import { chatRefusal } from './grok-refusals';
import type { GrokRequest } from './grok-request';
import { parsed } from './recording';

const Reset = z.looseObject({ type: z.literal('reset') });
const Ask = z.looseObject({
  type: z.enum(['input_text', 'input_scroll']),
  requestId: z.string().min(1),
  text: z.string().min(1),
  properties: z.looseObject({
    aspect_ratio: z.optional(z.string()),
    enable_pro: z.optional(z.boolean()),
    num_generations: z.optional(z.int().min(1).max(10)),
  }),
});
const Message = z.looseObject({
  type: z.literal('conversation.item.create'),
  item: z.looseObject({
    type: z.literal('message'),
    content: z.array(z.union([Reset, Ask])).min(1),
  }),
});

const DEFAULT_COUNT = 4;
const GOING_AWAY = 1_001;

/** `GET /ws/imagine/listen`: any number of batches on one socket; each is a call of its own. */
export async function imagine(grok: GrokRequest): Promise<Response> {
  const { stage, credential, script, bodyText } = grok;
  const refusal =
    stage.request.headers.get('upgrade')?.toLowerCase() === 'websocket'
      ? chatRefusal(script)
      : new Response('Expected a WebSocket', { status: 426 });
  if (refusal !== null) {
    const call = await openCall(stage, { credential, bodyText });
    await call.wait(script.slowHeadMs);
    return call.answer(refusal);
  }
  await scheduler.wait(script.slowHeadMs);
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  listen(grok, server);
  return new Response(null, { status: 101, webSocket: client });
}

function listen(grok: GrokRequest, socket: WebSocket): void {
  const batches = new Set<Batch>();
  const socketId = crypto.randomUUID();
  const send = (frame: object): void => {
    // After the client has gone there is nobody to be told.
    if (socket.readyState === WebSocket.READY_STATE_OPEN) socket.send(JSON.stringify(frame));
  };
  const close = (): void => socket.close(GOING_AWAY, 'Going away');
  const leave = (): void => {
    for (const batch of batches) batch.leave();
  };
  socket.addEventListener('message', ({ data }) => {
    const text = typeof data === 'string' ? data : '';
    const message = Message.safeParse(parsed(text));
    if (!message.success) {
      return send({ type: 'error', err_code: 'invalid_request', err_msg: 'Invalid message' });
    }
    for (const content of message.data.item.content) {
      if (content.type === 'reset') continue;
      const batch = startBatch(
        grok,
        { send, close },
        {
          text,
          requestId: content.requestId,
          socketId,
          prompt: content.text,
          ratio: content.properties.aspect_ratio ?? '2:3',
          count: content.properties.num_generations ?? DEFAULT_COUNT,
        },
      );
      batches.add(batch);
    }
  });
  socket.addEventListener('close', leave);
  socket.addEventListener('error', leave);
}
