"""Counts visits in PostgreSQL and in Redis and answers both counts as JSON."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
import redis


def count_in_database():
    host = os.environ.get("DATABASE_HOST", "postgres")
    connection = psycopg2.connect(host=host, user="postgres", dbname="postgres", connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS visits (id serial PRIMARY KEY)")
            cursor.execute("INSERT INTO visits DEFAULT VALUES")
            cursor.execute("SELECT count(*) FROM visits")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def count_in_cache():
    host = os.environ.get("CACHE_HOST", "redis")
    return redis.Redis(host=host, socket_connect_timeout=5, socket_timeout=5).incr("visits")


class Visits(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, answer = 200, {"database": count_in_database(), "cache": count_in_cache()}
        except (psycopg2.Error, redis.RedisError) as failure:
            status, answer = 503, {"error": str(failure)}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("0.0.0.0", 8000), Visits).serve_forever()
