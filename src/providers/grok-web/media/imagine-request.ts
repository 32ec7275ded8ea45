import type { DrawTask } from '../../provider';

/**
 * What the Imagine socket is told, in order: forget what was before, then draw a batch.
 *
 * @param now Unix ms.
 */
export function imagineMessages(
  task: DrawTask,
  batch: { readonly requestId: string; readonly pro: boolean },
  now: number,
): readonly [reset: string, request: string] {
  const properties = {
    section_count: 0,
    is_kids_mode: false,
    enable_nsfw: task.enableNsfw,
    skip_upsampler: false,
    is_initial: false,
    ...(task.ratio !== null && { aspect_ratio: task.ratio }),
    enable_side_by_side: true,
    enable_pro: batch.pro,
    num_generations: task.n,
  };
  const { requestId } = batch;
  return [
    item({ type: 'reset' }, now),
    item({ requestId, text: task.prompt, type: 'input_text', properties }, now + 1),
  ];
}

function item(content: object, timestamp: number): string {
  return JSON.stringify({
    type: 'conversation.item.create',
    timestamp,
    item: { type: 'message', content: [content] },
  });
}
