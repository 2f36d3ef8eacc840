"""The room, the light, the camera, and the renderer: Blender's Cycles, from the Python package `bpy`.

Blender's axes: x as in `body`, y backwards (minus our z), z up.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from tools.exercise_clip.body import Array
from tools.exercise_clip.outfit import Color, Part


@dataclass(frozen=True)
class Camera:
    """Where the phone stands: `around` degrees from straight in front (90: it sees the left side), metres, degrees."""

    around: float = 35.0
    distance: float = 3.4
    height: float = 1.15
    aim: tuple[float, float, float] = (0.0, 0.85, 0.0)
    view: float = 44.0  # across the longer side of the picture


def swap(points: Array) -> NDArray[np.float32]:
    """From our axes to Blender's."""
    return np.ascontiguousarray(np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1), np.float32)


class Studio:
    def __init__(self, width: int, height: int, samples: int, threads: int = 1) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.scene = scene = bpy.context.scene
        self.moving: dict[str, bpy.types.Object] = {}
        self.around = 0.0
        render, cycles = scene.render, scene.cycles
        render.engine, cycles.device = "CYCLES", "CPU"
        render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
        render.threads_mode, render.threads = "FIXED", threads
        render.use_persistent_data = True
        render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGB"
        render.image_settings.compression = 5
        cycles.samples, cycles.use_adaptive_sampling = samples, False
        cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
        cycles.denoising_prefilter, cycles.denoising_quality = "FAST", "FAST"
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 2, 1, 1
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.sample_clamp_indirect = 3.0
        scene.view_settings.view_transform = "AgX"
        scene.view_settings.look = "AgX - Medium High Contrast"
        scene.view_settings.exposure = 0.35

    def material(
        self, name: str, color: Color, rough: float, tinted: bool = False, grain: tuple[float, float] | None = None
    ) -> bpy.types.Material:
        """`grain` (scale, strength) makes it uneven, fixed to where its points were at rest."""
        material = bpy.data.materials.new(name)
        material.use_nodes = True
        tree = material.node_tree
        shader = tree.nodes["Principled BSDF"]
        shader.inputs["Base Color"].default_value = (*color, 1)
        shader.inputs["Roughness"].default_value = rough
        shader.inputs["Specular IOR Level"].default_value = 0.3
        if tinted:
            tint = tree.nodes.new("ShaderNodeVertexColor")
            tint.layer_name = "tint"
            tree.links.new(tint.outputs["Color"], shader.inputs["Base Color"])
        if grain:
            rest, noise, bump = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("Attribute", "TexNoise", "Bump"))
            rest.attribute_name = "rest"
            noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = grain[0], 2.0
            bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = grain[1], 0.02
            tree.links.new(rest.outputs["Vector"], noise.inputs["Vector"])
            tree.links.new(noise.outputs["Fac"], bump.inputs["Height"])
            tree.links.new(bump.outputs["Normal"], shader.inputs["Normal"])
        return material

    def add(self, part: Part) -> None:
        """One part of the person; `move` gives it its points."""
        rough = {
            "skin": 0.5,
            "cloth": 0.9,
            "hair": 0.55,
            "rubber": 0.6,
            "eye": 0.15,
            "lashes": 0.9,
            "brows": 0.9,
            "iron": 0.4,
        }[part.material]
        grain = {"cloth": (11.0, 0.55), "hair": (110.0, 0.6)}.get(part.material)
        mesh = bpy.data.meshes.new(part.name)
        mesh.from_pydata(swap(part.surface.points).tolist(), [], part.surface.faces)
        if part.material != "iron":
            mesh.shade_smooth()
        rest = mesh.attributes.new("rest", "FLOAT_VECTOR", "POINT")
        rest.data.foreach_set("vector", swap(part.surface.points).ravel())
        if part.tints is not None:
            layer = mesh.color_attributes.new("tint", "FLOAT_COLOR", "POINT")
            layer.data.foreach_set("color", np.c_[part.tints, np.ones(len(part.tints))].astype(np.float32).ravel())
        mesh.materials.append(self.material(part.name, part.color, rough, part.tints is not None, grain))
        thing = bpy.data.objects.new(part.name, mesh)
        self.scene.collection.objects.link(thing)
        self.moving[part.name] = thing

    def move(self, name: str, points: Array) -> None:
        mesh = self.moving[name].data
        mesh.vertices.foreach_set("co", swap(points).ravel())
        mesh.update()

    def hide_person(self, hidden: bool) -> None:
        for thing in self.moving.values():
            thing.hide_render = hidden

    def put(self, thing: bpy.types.Object, material: bpy.types.Material, turns: bool) -> None:
        """Give a thing its material; `turns` it with the camera, so that the same wall is behind whatever that sees."""
        thing.data.materials.append(material)
        if turns:
            bpy.context.view_layer.update()
            thing.matrix_world = Matrix.Rotation(np.radians(self.around), 4, "Z") @ thing.matrix_world

    def box(
        self, middle: Array, size: Array, material: bpy.types.Material, bevel: float = 0.0, turns: bool = True
    ) -> None:
        bpy.ops.mesh.primitive_cube_add(size=1, location=swap(middle[None])[0])
        thing = bpy.context.object
        thing.scale = (size[0], size[2], size[1])
        bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
        if bevel:
            edge = thing.modifiers.new("bevel", "BEVEL")
            edge.width, edge.segments = bevel, 3
        self.put(thing, material, turns)

    def ball(self, middle: Array, size: Array, material: bpy.types.Material, lean: float = 0.0) -> None:
        bpy.ops.mesh.primitive_uv_sphere_add(radius=1, location=swap(middle[None])[0], segments=32, ring_count=16)
        thing = bpy.context.object
        thing.scale = (size[0], size[2], size[1])
        thing.rotation_euler = (0, np.radians(lean), 0)
        bpy.ops.object.shade_smooth()
        self.put(thing, material, turns=True)

    def rod(self, one: Array, other: Array, radius: float, material: bpy.types.Material, turns: bool = False) -> None:
        a, b = (Vector(swap(p[None])[0]) for p in (one, other))
        bpy.ops.mesh.primitive_cylinder_add(radius=radius, depth=(b - a).length, location=(a + b) / 2, vertices=32)
        thing = bpy.context.object
        thing.rotation_mode = "QUATERNION"
        thing.rotation_quaternion = (b - a).to_track_quat("Z", "Y")
        bpy.ops.object.shade_smooth_by_angle()
        self.put(thing, material, turns)

    def light(self, place: Array, aim: Array, size: float, power: float, color: Color = (1, 1, 1)) -> None:
        data = bpy.data.lights.new("light", "AREA")
        data.shape, data.size, data.energy, data.color = "DISK", size, power, color
        thing = bpy.data.objects.new("light", data)
        self.scene.collection.objects.link(thing)
        around = Matrix.Rotation(np.radians(self.around), 4, "Z")
        start, end = (around @ Vector(swap(p[None])[0]) for p in (place, aim))
        thing.location, thing.rotation_mode = start, "QUATERNION"
        thing.rotation_quaternion = (end - start).to_track_quat("-Z", "Y")

    def sky(self, color: Color, strength: float) -> None:
        world = bpy.data.worlds.new("world")
        self.scene.world, world.use_nodes = world, True
        background = world.node_tree.nodes["Background"]
        background.inputs["Color"].default_value = (*color, 1)
        background.inputs["Strength"].default_value = strength

    def wood(self, light: Color, dark: Color) -> bpy.types.Material:
        """A floor of planks that run along z."""
        material = self.material("wood", light, 0.42)
        tree = material.node_tree
        shader = tree.nodes["Principled BSDF"]
        place, brick = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexCoord", "TexBrick"))
        mapping = tree.nodes.new("ShaderNodeMapping")
        mapping.inputs["Rotation"].default_value = (0, 0, np.radians(90))
        for name, value in (("Scale", 1.0), ("Mortar Size", 0.003), ("Brick Width", 1.7), ("Row Height", 0.145)):
            brick.inputs[name].default_value = value
        brick.inputs["Color1"].default_value, brick.inputs["Color2"].default_value = (*light, 1), (*dark, 1)
        brick.inputs["Mortar"].default_value = (*(0.5 * c for c in dark), 1)
        tree.links.new(place.outputs["Object"], mapping.inputs["Vector"])
        tree.links.new(mapping.outputs["Vector"], brick.inputs["Vector"])
        tree.links.new(brick.outputs["Color"], shader.inputs["Base Color"])
        return material

    def camera(self, camera: Camera) -> None:
        """Set the camera up; before the room, which is laid out as it sees it."""
        self.around = camera.around
        data = bpy.data.cameras.new("camera")
        data.sensor_fit, data.angle = "AUTO", np.radians(camera.view)
        thing = bpy.data.objects.new("camera", data)
        angle = np.radians(camera.around)
        place = np.array([camera.distance * np.sin(angle), camera.height, camera.distance * np.cos(angle)])
        place += np.array([camera.aim[0], 0, camera.aim[2]])
        thing.location = swap(place[None])[0]
        thing.rotation_mode = "QUATERNION"
        way = Vector(swap(np.array([camera.aim]))[0]) - thing.location
        thing.rotation_quaternion = way.to_track_quat("-Z", "Y")
        self.scene.collection.objects.link(thing)
        self.scene.camera = thing

    def render(self, path: str, samples: int | None = None) -> None:
        if samples:
            self.scene.cycles.samples = samples
        self.scene.render.filepath = path
        bpy.ops.render.render(write_still=True)

    def seen(self, points: Array) -> tuple[Array, Array]:
        """The corners of the rectangle that holds all points (n, 3) in the picture: 0 to 1, right and up."""
        bpy.context.view_layer.update()
        places = np.array([world_to_camera_view(self.scene, self.scene.camera, Vector(p)) for p in swap(points)])
        return places[:, :2].min(0), places[:, :2].max(0)

    def crop(self, low: Array, high: Array) -> None:
        """Render this part of the picture only; (0, 0) and (1, 1) for the whole."""
        render = self.scene.render
        render.use_border = render.use_crop_to_border = bool((low > 0).any() or (high < 1).any())
        render.border_min_x, render.border_min_y = map(float, low)
        render.border_max_x, render.border_max_y = map(float, high)
