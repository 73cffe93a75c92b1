/**
 * A simulated robot with two driven wheels and three reflectance sensors on a track: a closed dark line on a white
 * floor.
 */

/** Half the distance between the wheels, and how far in front of the axle the sensors are. */
const HALF_AXLE_M = 0.05;
const SENSOR_AHEAD_M = 0.06;
const SENSOR_APART_M = 0.012;
/** Speed of a wheel at full duty. */
const FULL_SPEED_M_S = 0.8;
/** Half the width of the line, and how blurred a sensor sees its edge. */
const LINE_M = 0.009;
const BLUR_M = 0.006;
const WHITE_MV = 3000;
const BLACK_MV = 400;

/** A track of two straights and two half circles. Driven counter-clockwise. */
export const TRACK = { straight: 1.0, radius: 0.35 } as const;

/** Length of a lap. */
export const LAP_M = 2 * TRACK.straight + 2 * Math.PI * TRACK.radius;

/** Signed distance of a point from the line: positive outside of the oval, which is to the right. */
export function offsetFromLine(x: number, y: number): number {
  const beyond = Math.max(Math.abs(x) - TRACK.straight / 2, 0);
  return Math.hypot(beyond, y) - TRACK.radius;
}

/** Voltage of a sensor above a point of the floor. */
export function reflectanceMv(x: number, y: number): number {
  const outside = Math.max(Math.abs(offsetFromLine(x, y)) - LINE_M, 0);
  const darkness = Math.exp(-((outside / BLUR_M) ** 2));
  return Math.round(WHITE_MV - (WHITE_MV - BLACK_MV) * darkness);
}

export class Robot {
  x = 0;
  y = -TRACK.radius;
  heading = 0;
  travelled = 0;

  /** Voltages of the left, middle and right sensor. */
  sensors(): number[] {
    return [1, 0, -1].map((side) => {
      const [along, across] = [SENSOR_AHEAD_M, side * SENSOR_APART_M];
      const x = this.x + along * Math.cos(this.heading) - across * Math.sin(this.heading);
      const y = this.y + along * Math.sin(this.heading) + across * Math.cos(this.heading);
      return reflectanceMv(x, y);
    });
  }

  /** Drives for `seconds` with the wheels at these duties in percent. */
  drive(left: number, right: number, seconds: number): void {
    const [vl, vr] = [left, right].map((duty) => (duty / 100) * FULL_SPEED_M_S) as [number, number];
    const speed = (vl + vr) / 2;
    this.heading += ((vr - vl) / (2 * HALF_AXLE_M)) * seconds;
    this.x += speed * Math.cos(this.heading) * seconds;
    this.y += speed * Math.sin(this.heading) * seconds;
    this.travelled += speed * seconds;
  }
}
