// Stops the demo that start.ts started.
import { rmSync } from 'node:fs';

export default async function stop(): Promise<void> {
  const { ATONIX_PID: pid, ATONIX_DATA: data } = process.env;
  if (!pid) return;
  const number = Number(pid);
  process.kill(number, 'SIGTERM');
  for (let waited = 0; waited < 200; waited += 1) {
    try {
      process.kill(number, 0);
    } catch {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (data) rmSync(data, { recursive: true, force: true });
}
